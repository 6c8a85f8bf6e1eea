-- AlterTable
ALTER TABLE "run" ADD COLUMN     "ansible" TEXT NOT NULL DEFAULT '';


