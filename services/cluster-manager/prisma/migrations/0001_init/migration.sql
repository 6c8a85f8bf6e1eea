-- CreateTable
CREATE TABLE "cluster" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "live_name" TEXT,
    "state" TEXT NOT NULL,
    "state_reason" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "endpoint" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "encryption_key" TEXT NOT NULL,
    "pull_token" TEXT NOT NULL DEFAULT '',
    "admin_config" TEXT NOT NULL DEFAULT '',
    "admin_config_object" TEXT NOT NULL DEFAULT '',
    "release" TEXT NOT NULL,

    CONSTRAINT "cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "release" (
    "digest" TEXT NOT NULL,
    "resolved" JSONB NOT NULL,

    CONSTRAINT "release_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "node" (
    "id" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "password" TEXT NOT NULL,
    "private_key" TEXT NOT NULL,
    "passphrase" TEXT NOT NULL,
    "sudo_password" TEXT NOT NULL,
    "jump_address" TEXT,
    "jump_port" INTEGER,
    "jump_credential" TEXT,
    "jump_host_keys" TEXT[],
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "host" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "place" BIGINT NOT NULL,
    "credential" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "tags" TEXT[],
    "state" TEXT NOT NULL,
    "state_reason" TEXT NOT NULL,
    "host_keys" TEXT[],
    "presented_host_keys" TEXT[],
    "facts" JSONB,
    "facts_at" TIMESTAMPTZ(3),
    "gathering" TEXT,
    "gathering_seen_at" TIMESTAMPTZ(3),
    "cluster" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "cluster_name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "mutates" TEXT,
    "cancelling" BOOLEAN NOT NULL DEFAULT false,
    "wishes" JSONB NOT NULL,
    "failure" JSONB,
    "left_behind" TEXT[],
    "created_by" TEXT NOT NULL,
    "plan_digest" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "idempotency_key" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step" (
    "operation" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "nodes" TEXT[],
    "needs" TEXT[],
    "attempt" INTEGER NOT NULL,
    "tries" INTEGER NOT NULL,
    "retry_at" TIMESTAMPTZ(3),
    "run" TEXT NOT NULL,
    "failure" JSONB,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_pkey" PRIMARY KEY ("operation","name")
);

-- CreateTable
CREATE TABLE "attempt" (
    "operation" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "run" TEXT NOT NULL,
    "failure" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("operation","step","attempt")
);

-- CreateTable
CREATE TABLE "outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "version_switch" (
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "version_switch_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "cluster_project_id_idx" ON "cluster"("project", "id");

-- CreateIndex
CREATE INDEX "cluster_project_state_id_idx" ON "cluster"("project", "state", "id");

-- CreateIndex
CREATE UNIQUE INDEX "cluster_project_live_name_key" ON "cluster"("project", "live_name");

-- CreateIndex
CREATE INDEX "node_host_idx" ON "node"("host");

-- CreateIndex
CREATE UNIQUE INDEX "node_cluster_name_key" ON "node"("cluster", "name");

-- CreateIndex
CREATE INDEX "credential_jump_credential_idx" ON "credential"("jump_credential");

-- CreateIndex
CREATE UNIQUE INDEX "credential_project_name_key" ON "credential"("project", "name");

-- CreateIndex
CREATE UNIQUE INDEX "host_place_key" ON "host"("place");

-- CreateIndex
CREATE INDEX "host_project_place_idx" ON "host"("project", "place");

-- CreateIndex
CREATE INDEX "host_project_state_name_idx" ON "host"("project", "state", "name");

-- CreateIndex
CREATE INDEX "host_address_idx" ON "host"("address");

-- CreateIndex
CREATE INDEX "host_credential_idx" ON "host"("credential");

-- CreateIndex
CREATE INDEX "host_cluster_idx" ON "host"("cluster");

-- CreateIndex
CREATE INDEX "host_gathering_idx" ON "host"("gathering");

-- CreateIndex
CREATE INDEX "host_tags_idx" ON "host" USING GIN ("tags");

-- CreateIndex
CREATE UNIQUE INDEX "host_project_name_key" ON "host"("project", "name");

-- CreateIndex
CREATE UNIQUE INDEX "operation_mutates_key" ON "operation"("mutates");

-- CreateIndex
CREATE INDEX "operation_project_id_idx" ON "operation"("project", "id");

-- CreateIndex
CREATE INDEX "operation_project_state_id_idx" ON "operation"("project", "state", "id");

-- CreateIndex
CREATE INDEX "operation_cluster_id_idx" ON "operation"("cluster", "id");

-- CreateIndex
CREATE INDEX "operation_state_lease_until_idx" ON "operation"("state", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "operation_project_idempotency_key_key" ON "operation"("project", "idempotency_key");

-- CreateIndex
CREATE INDEX "step_name_state_ended_at_idx" ON "step"("name", "state", "ended_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- AddForeignKey
ALTER TABLE "cluster" ADD CONSTRAINT "cluster_release_fkey" FOREIGN KEY ("release") REFERENCES "release"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node" ADD CONSTRAINT "node_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_jump_credential_fkey" FOREIGN KEY ("jump_credential") REFERENCES "credential"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_credential_fkey" FOREIGN KEY ("credential") REFERENCES "credential"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step" ADD CONSTRAINT "step_operation_fkey" FOREIGN KEY ("operation") REFERENCES "operation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_operation_step_fkey" FOREIGN KEY ("operation", "step") REFERENCES "step"("operation", "name") ON DELETE RESTRICT ON UPDATE CASCADE;


