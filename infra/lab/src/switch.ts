import { notFound } from '@slipway/errors'
import { reboot } from './host/inside.ts'
import { powerOff, powerOn, runningHost } from './host/power.ts'
import { waitForLogin } from './host/reach.ts'
import type { Host, Lab } from './lab.ts'
import { requireHost } from './record.ts'
import { describe, type LabHost } from './state.ts'

/** One host of one lab. */
export type HostSwitch = { dir: string; host: string; signal?: AbortSignal | undefined }

/** Has a host reboot itself and waits until its user can log in again. */
export async function labReboot({ dir, host: name, signal }: HostSwitch): Promise<LabHost> {
  const { lab, host } = await requireHost(dir, name)
  const running = await runningHost(lab, host)
  if (!running) return labPowerOn({ dir, host: name, signal })
  await reboot(running, signal)
  await waitForLogin(lab, host, { pid: running.keeper, signal })
  return stateOf(lab, host)
}

/** Powers a host off, or cuts its power with `force`; does nothing when it is off. */
export async function labPowerOff({
  dir,
  host: name,
  signal,
  force,
}: HostSwitch & { force?: boolean }): Promise<LabHost> {
  const { lab, host } = await requireHost(dir, name)
  const running = await runningHost(lab, host)
  if (running) await powerOff(running, { force: force ?? false, signal })
  return stateOf(lab, host)
}

/** Powers a host on and waits until its user can log in; the lab itself has to be up. */
export async function labPowerOn({ dir, host: name, signal }: HostSwitch): Promise<LabHost> {
  const { lab, host } = await requireHost(dir, name)
  const running = await runningHost(lab, host)
  const pid = running ? running.keeper : await powerOn(lab, host)
  await waitForLogin(lab, host, { pid, signal })
  return stateOf(lab, host)
}

async function stateOf(lab: Lab, { name }: Host): Promise<LabHost> {
  const found = (await describe(lab)).hosts.find((host) => host.name === name)
  if (!found) throw notFound('host', name)
  return found
}
