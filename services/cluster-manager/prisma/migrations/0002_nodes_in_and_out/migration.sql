-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "pausing" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "reason" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "undoing" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "step" ADD COLUMN     "note" TEXT NOT NULL DEFAULT '';


