#!/usr/bin/env node
import { isSlipwayError } from '@slipway/errors'
import { Command } from 'commander'
import { apiCommands } from './api/command.ts'
import { readSettings } from './config.ts'
import { showCommand } from './record/command.ts'
import { releaseCommand } from './release/command.ts'

const program = new Command('slipway').description(
  'Plans, builds and operates production Kubernetes clusters on your own machines.',
)
program
  .command('up')
  .description('run all of Slipway in one process; settings are environment variables, see docs/settings.md')
  .action(async () => {
    const { up } = await import('./up/command.ts')
    await up(readSettings())
  })
program
  .command('init')
  .description("make keys, certificates and settings for a PostgreSQL and NATS of one's own; start nothing")
  .action(async () => {
    const { init } = await import('./up/init.ts')
    for (const line of await init(readSettings())) process.stdout.write(`${line}\n`)
  })
program.addCommand(releaseCommand())
for (const command of apiCommands()) program.addCommand(command)
program.commands.find((command) => command.name() === 'operation')?.addCommand(showCommand())

try {
  await program.parseAsync()
} catch (error) {
  if (!isSlipwayError(error)) throw error
  const lines = error.problems.map(({ field, message, hint }) => `  ${field}: ${message}. ${hint}`)
  process.stderr.write(`${[error.message, ...lines].join('\n')}\n`)
  process.exitCode = 1
}
