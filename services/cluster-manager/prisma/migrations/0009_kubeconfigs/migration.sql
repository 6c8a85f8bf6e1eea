-- CreateTable
CREATE TABLE "kubeconfig" (
    "id" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "user" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kubeconfig_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "kubeconfig_cluster_id_idx" ON "kubeconfig"("cluster", "id");


