import { join } from 'node:path'
import { Command } from 'commander'
import { readSettings } from '../config.ts'
import { showRecord } from './show.ts'

/** `slipway operation show FILE`: reads a record on any machine; it asks no Slipway and needs no setting. */
export function showCommand(): Command {
  return new Command('show')
    .argument('<file>', 'what `slipway operation export` wrote')
    .description('verify and tell the record of an operation, anywhere and offline')
    .option(
      '--key <file>',
      'refused unless this public key signed it (`slipway operation get-record-key`); may be given more than once',
      (file: string, more: readonly string[]) => [...more, file],
      [] as readonly string[],
    )
    .option('--output', 'with the output of its runs')
    .option('--step <name>', 'only this step')
    .option('--host <name>', 'only output of this host')
    .option('--search <text>', 'only output that has this text')
    .option('--json', 'print JSON Lines: the signature, then the parts of the record')
    .action(async (file: string, { key: keys, ...how }: { key: readonly string[] } & How) => {
      const ownKey = join(readSettings().SLIPWAY_DATA_DIR, 'keys/record.pub.pem')
      await showRecord(file, { keys, ownKey }, how)
    })
}

type How = Parameters<typeof showRecord>[2]
