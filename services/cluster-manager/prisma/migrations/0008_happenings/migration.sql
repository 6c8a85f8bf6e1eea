-- CreateTable
CREATE TABLE "happening" (
    "id" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "noun" TEXT NOT NULL,
    "fact" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "happening_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "happening_cluster_id_idx" ON "happening"("cluster", "id");


-- What is known of before: when operations were asked for and how they ended. Ids are made of that time, as those of events are.
INSERT INTO "happening" ("id", "cluster", "noun", "fact", "name", "detail", "operation", "at")
SELECT substr("hex", 1, 8) || '-' || substr("hex", 9, 4) || '-7' || substr("mark", 1, 3) || '-8' || substr("mark", 4, 3)
  || '-' || substr("mark", 7, 12), "cluster", 'operation', "fact", '', left("detail", 1000), "id", "at"
FROM (
  SELECT *, lpad(to_hex((extract(epoch FROM "at") * 1000)::bigint), 12, '0') AS "hex", md5("id" || "fact") AS "mark" FROM (
    SELECT "id", "cluster", CASE "state" WHEN 'queued' THEN 'queued' ELSE 'planned' END AS "fact", "reason" AS "detail",
      "created_at" AS "at" FROM "operation"
    UNION ALL
    SELECT "id", "cluster", "state", CASE "state" WHEN 'failed' THEN concat_ws(': ', nullif("failure"->>'host', ''),
      "failure"->>'message') ELSE '' END, "ended_at" FROM "operation"
    WHERE "ended_at" IS NOT NULL AND "state" IN ('succeeded', 'failed', 'cancelled', 'undone')
  ) AS "known"
) AS "timed";
