-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "pausing" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "reason" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "undoing" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "step" ADD COLUMN     "note" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "given_plan" (
    "project" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "basis" JSONB NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "given_plan_pkey" PRIMARY KEY ("project","digest")
);

-- CreateIndex
CREATE INDEX "given_plan_given_at_idx" ON "given_plan"("given_at");


