import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@slipway/process'

const repository = join(import.meta.dirname, '../..')
const buf = join(repository, 'packages/contracts/node_modules/.bin/buf')

/**
 * Reads JSON texts with `buf convert` as messages of a type and answers what came out, as JSON again. They go in as
 * one message that repeats the type: buf compiles the contracts anew each time it is started.
 */
export async function convertAll(type: string, messages: readonly unknown[]): Promise<unknown[]> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-buf-'))
  try {
    await cp(join(repository, 'proto'), join(dir, 'proto'), { recursive: true })
    const batch = [
      'syntax = "proto3";',
      'package story;',
      'import "slipway/event/v1/event.proto";',
      `message Batch { repeated ${type} all = 1; }`,
    ]
    await writeFile(join(dir, 'proto/batch.proto'), batch.join('\n'))
    await writeFile(join(dir, 'batch.json'), JSON.stringify({ all: messages }))
    await convert(dir, 'batch.json', 'batch.binpb')
    await convert(dir, 'batch.binpb', 'again.json')
    const { default: again } = await import(join(dir, 'again.json'), { with: { type: 'json' } })
    return again.all ?? []
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function convert(dir: string, from: string, to: string) {
  return run([buf, 'convert', 'proto', '--type', 'story.Batch', '--from', from, '--to', to], {
    cwd: dir,
    env: { HOME: dir },
  })
}
