-- CreateTable
CREATE TABLE "spec_version" (
    "cluster" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "spec" JSONB NOT NULL,
    "operation" TEXT,
    "created_at" TIMESTAMPTZ(3),

    CONSTRAINT "spec_version_pkey" PRIMARY KEY ("cluster","number")
);

-- AddForeignKey
ALTER TABLE "spec_version" ADD CONSTRAINT "spec_version_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is known of clusters that are older: the records of operations, in the order in which those began, held the spec before
-- and after each, and the cluster's row holds the present one. Who made a spec that an operation found is not known.
INSERT INTO "spec_version" ("cluster", "number", "spec", "operation", "created_at")
WITH "known" AS (
  SELECT "o"."cluster", "o"."turn" AS "turn", 0 AS "place", "e"."spec_before" AS "spec",
    NULL AS "operation", NULL::timestamptz AS "at"
  FROM "evidence" AS "e" JOIN "operation" AS "o" ON "o"."id" = "e"."operation"
  WHERE "o"."turn" IS NOT NULL AND jsonb_typeof("e"."spec_before") = 'object'
  UNION ALL
  SELECT "o"."cluster", "o"."turn", 1, "e"."spec_after", "o"."id", coalesce("o"."started_at", "o"."created_at")
  FROM "evidence" AS "e" JOIN "operation" AS "o" ON "o"."id" = "e"."operation"
  WHERE "o"."turn" IS NOT NULL AND jsonb_typeof("e"."spec_after") = 'object'
  UNION ALL
  SELECT "c"."id", coalesce("o"."turn", 0), 2, "c"."spec", "o"."id", coalesce("o"."started_at", "o"."created_at")
  FROM "cluster" AS "c" LEFT JOIN "operation" AS "o" ON "o"."id" = "c"."operation"
), "changed" AS (
  SELECT *, lag("spec") OVER (PARTITION BY "cluster" ORDER BY "turn", "place") AS "last" FROM "known"
)
SELECT "cluster", row_number() OVER (PARTITION BY "cluster" ORDER BY "turn", "place"), "spec", "operation", "at"
FROM "changed" WHERE "last" IS DISTINCT FROM "spec";
