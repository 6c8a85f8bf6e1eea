import { Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'
import { type Foundation, foundationSettings, readFoundation } from '@slipway/service'

const schema = Type.Object({
  ...foundationSettings,
  SLIPWAY_ANSIBLE_PLAYBOOKS: Type.String({
    description: "Folder with Slipway's playbooks and their ansible.cfg: infra/ansible.",
  }),
  SLIPWAY_ANSIBLE_VENV: Type.String({
    description: 'Virtual environment with ansible-core 2.19, made from infra/ansible/requirements.txt.',
  }),
  SLIPWAY_RUNNER_PARALLEL: Type.Number({
    description: 'Playbooks that one replica runs at once.',
    default: 4,
    minimum: 1,
    maximum: 64,
  }),
  SLIPWAY_RUN_DAYS: Type.Number({
    description: 'Days that runs and their output are kept after the last run of their operation ended.',
    default: 90,
    minimum: 1,
    maximum: 3650,
  }),
})

/** What ansible-runner is started with. */
export type Config = {
  foundation: Foundation
  /** Folder of playbooks; the user that runs them must be able to read it. */
  playbooks: string
  /** Virtual environment with ansible-core; the same holds. */
  venv: string
  /** Runs at once. */
  parallel: number
  /** Days for which runs and their output are kept. */
  keptDays: number
  /** Who playbooks run as where this process is root, which only a test or a demo may be. */
  runAs?: { uid: number; gid: number }
}

/** Reads the settings of ansible-runner. */
export function readAnsibleRunnerConfig(env: Record<string, string | undefined>): Config {
  const settings = readConfig(schema, env)
  return {
    foundation: readFoundation(settings),
    playbooks: settings.SLIPWAY_ANSIBLE_PLAYBOOKS,
    venv: settings.SLIPWAY_ANSIBLE_VENV,
    parallel: settings.SLIPWAY_RUNNER_PARALLEL,
    keptDays: settings.SLIPWAY_RUN_DAYS,
  }
}
