import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import type { Fault, FaultWays } from './fault.ts'
import { once, putIn, unitFault, whenExists } from './unit.ts'

type OfDisk<K> = FaultWays<Extract<Fault, { kind: K }>>

const FOLDER = '/var/lib/containerd'

/** A small file system of its own under containerd's data, full to the last byte. */
export const labDiskFull: OfDisk<'disk-full'> = leavingNoFolder(
  unitFault('disk-full', () => ({
    script: ownDisk('size=16m', `head -c 32M /dev/zero > ${FOLDER}/full || true`),
    units: { '.service': putIn('disk-full') },
  })),
)

/** Gigabytes are free there, and no inode. */
export const labNoInodes: OfDisk<'no-inodes'> = leavingNoFolder(
  unitFault('no-inodes', () => ({
    script: ownDisk('size=12g,nr_inodes=24', `i=0; while touch ${FOLDER}/$i; do i=$((i + 1)); done`),
    units: { '.service': putIn('no-inodes') },
  })),
)

/** A host that lost its power could not take its mount point away. */
function leavingNoFolder<F extends Fault>({ break: breaks, heal }: FaultWays<F>): FaultWays<F> {
  return {
    break: breaks,
    heal: async (place) => {
      await heal(place)
      if (!place.running) await rmdir(join(place.tree, FOLDER)).catch(() => {}) // not empty, or not there
    },
  }
}

/** A memory file system: a loop mount inside a host is refused, and this one is gone with its host. */
function ownDisk(options: string, fill: string): string {
  return `D=${FOLDER}
case "$1" in
start) mkdir -p $D; mount -t tmpfs -o mode=711,${options} lab-disk $D; ${fill} ;;
stop) umount $D || umount --lazy $D; rmdir --ignore-fail-on-non-empty $D ;;
esac
`
}

const ROOM = 'size=12g'
const BLOBS = `${FOLDER}/io.containerd.content.v1.content/blobs/sha256`

/**
 * Enough room until containerd has stored its first content; from then on not a byte more. What is stored stays, so
 * healing gives the room back at once, and the file system goes when nobody uses it any more: heal again then.
 */
export const labDiskFills: OfDisk<'disk-fills'> = {
  break: (place, fault) => armed.break(place, fault),
  heal: async (place) => {
    await armed.heal(place)
    if (place.running) await runInside(place.running, ['sh', '-ec', GIVE_BACK])
  },
}

const armed: OfDisk<'disk-fills'> = unitFault('disk-fills', () => ({
  script: `D=${FOLDER}
case "$1" in
start) findmnt --source lab-disk-fills --mountpoint $D || { mkdir -p $D; mount -t tmpfs -o mode=711,${ROOM} lab-disk-fills $D; } ;;
# it grows while we look, and no file system may be made smaller than what it holds
now) for try in 1 2 3 4 5 6 7 8 9; do
  mount -o remount,size=$(df --block-size=1K --output=used $D | tail -1 | tr -d ' ')k $D && exit 0
done; exit 1 ;;
esac
`,
  units: {
    '.service': putIn('disk-fills'),
    // not by a pattern: what a pattern's own folders get is not watched
    '.path': whenExists('disk-fills', `DirectoryNotEmpty=${BLOBS}`),
    '-now.service': once('disk-fills'),
  },
}))

/** What is on it moves to the disk below, unless somebody works with it. */
const GIVE_BACK = `D=${FOLDER}
findmnt --source lab-disk-fills --mountpoint $D || exit 0
mount -o remount,${ROOM} $D
mkdir -p /run/lab-disk-fills
mount --bind $D /run/lab-disk-fills
if umount $D; then cp --archive /run/lab-disk-fills/. $D; rmdir --ignore-fail-on-non-empty $D; fi
umount --lazy /run/lab-disk-fills
rmdir /run/lab-disk-fills`
