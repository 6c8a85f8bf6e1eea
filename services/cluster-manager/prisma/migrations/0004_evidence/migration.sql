-- CreateTable
CREATE TABLE "evidence" (
    "operation" TEXT NOT NULL,
    "slipway" TEXT NOT NULL,
    "basis" JSONB NOT NULL,
    "spec_before" JSONB,
    "spec_after" JSONB,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("operation")
);

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_operation_fkey" FOREIGN KEY ("operation") REFERENCES "operation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


