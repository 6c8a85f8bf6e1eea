-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "queued_behind" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "request" JSONB,
ADD COLUMN     "turn" INTEGER,
ADD COLUMN     "waits" TEXT NOT NULL DEFAULT '';


-- Every operation until now began when it was asked for.
UPDATE "operation" SET "turn" = "numbered"."turn" FROM (
  SELECT "id", row_number() OVER (PARTITION BY "cluster" ORDER BY "id") AS "turn" FROM "operation"
) AS "numbered" WHERE "numbered"."id" = "operation"."id";
