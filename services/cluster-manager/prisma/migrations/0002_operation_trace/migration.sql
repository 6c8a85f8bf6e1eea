-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "traceparent" TEXT;


