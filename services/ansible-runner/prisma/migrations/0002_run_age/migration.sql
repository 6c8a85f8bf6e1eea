-- AlterTable
ALTER TABLE "run" ADD COLUMN     "operation" TEXT,
ADD COLUMN     "removed_at" TIMESTAMPTZ(3);

-- An id is <operation>.<step>.<attempt>, none of which holds a dot.
UPDATE "run" SET "operation" = split_part("id", '.', 1);
ALTER TABLE "run" ALTER COLUMN "operation" SET NOT NULL;

-- CreateIndex
CREATE INDEX "run_operation_idx" ON "run"("operation");

-- CreateIndex
CREATE INDEX "run_removed_at_ended_at_idx" ON "run"("removed_at", "ended_at");
