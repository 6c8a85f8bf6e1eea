-- CreateEnum
CREATE TYPE "token_kind" AS ENUM ('pull', 'push');

-- CreateTable
CREATE TABLE "apt_repository" (
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "changed_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "apt_repository_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "package" (
    "repository" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "architecture" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "stored_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "package_pkey" PRIMARY KEY ("repository","file")
);

-- CreateTable
CREATE TABLE "apt_index" (
    "repository" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "packages" BYTEA NOT NULL,
    "packages_gz" BYTEA NOT NULL,
    "packages_sha" TEXT NOT NULL,
    "packages_gz_sha" TEXT NOT NULL,
    "release" TEXT NOT NULL,
    "in_release" TEXT NOT NULL,
    "changed_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "apt_index_pkey" PRIMARY KEY ("repository","version")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "sealed_key" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blob" (
    "digest" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "stored_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "upload" (
    "id" TEXT NOT NULL,
    "repository" TEXT NOT NULL,
    "started_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file" (
    "path" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "stored_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "file_pkey" PRIMARY KEY ("path")
);

-- CreateTable
CREATE TABLE "repository_blob" (
    "repository" TEXT NOT NULL,
    "digest" TEXT NOT NULL,

    CONSTRAINT "repository_blob_pkey" PRIMARY KEY ("repository","digest")
);

-- CreateTable
CREATE TABLE "manifest" (
    "repository" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "manifest_pkey" PRIMARY KEY ("repository","digest")
);

-- CreateTable
CREATE TABLE "tag" (
    "repository" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "tagged_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("repository","name")
);

-- CreateTable
CREATE TABLE "token" (
    "id" TEXT NOT NULL,
    "kind" "token_kind" NOT NULL,
    "hash" BYTEA NOT NULL,
    "project" TEXT,
    "holder" TEXT,
    "repositories" TEXT[],
    "expires_at" TIMESTAMP(3),
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "upload_started_at_idx" ON "upload"("started_at");

-- CreateIndex
CREATE INDEX "token_expires_at_idx" ON "token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "token_project_holder_key" ON "token"("project", "holder");

-- AddForeignKey
ALTER TABLE "package" ADD CONSTRAINT "package_digest_fkey" FOREIGN KEY ("digest") REFERENCES "blob"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "package" ADD CONSTRAINT "package_repository_fkey" FOREIGN KEY ("repository") REFERENCES "apt_repository"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_index" ADD CONSTRAINT "apt_index_repository_fkey" FOREIGN KEY ("repository") REFERENCES "apt_repository"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "file" ADD CONSTRAINT "file_digest_fkey" FOREIGN KEY ("digest") REFERENCES "blob"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blob" ADD CONSTRAINT "repository_blob_digest_fkey" FOREIGN KEY ("digest") REFERENCES "blob"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest" ADD CONSTRAINT "manifest_digest_fkey" FOREIGN KEY ("digest") REFERENCES "blob"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_repository_digest_fkey" FOREIGN KEY ("repository", "digest") REFERENCES "manifest"("repository", "digest") ON DELETE RESTRICT ON UPDATE CASCADE;


