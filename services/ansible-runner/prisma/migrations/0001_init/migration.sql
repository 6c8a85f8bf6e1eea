-- CreateTable
CREATE TABLE "output_block" (
    "run" TEXT NOT NULL,
    "first" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,
    "hosts" TEXT[],
    "body" BYTEA NOT NULL,

    CONSTRAINT "output_block_pkey" PRIMARY KEY ("run","first")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request" BYTEA,
    "hosts" JSONB NOT NULL DEFAULT '[]',
    "failure" JSONB,
    "exports" JSONB NOT NULL DEFAULT '{}',
    "last_sequence" INTEGER NOT NULL DEFAULT 0,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "traceparent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE INDEX "run_state_lease_until_idx" ON "run"("state", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- AddForeignKey
ALTER TABLE "output_block" ADD CONSTRAINT "output_block_run_fkey" FOREIGN KEY ("run") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;


