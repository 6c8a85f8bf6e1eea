-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "created_as" TEXT;

-- CreateTable
CREATE TABLE "heard_person" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "administrator" BOOLEAN NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "heard_person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "heard_member" (
    "project" TEXT NOT NULL,
    "person" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "heard_member_pkey" PRIMARY KEY ("project","person")
);


