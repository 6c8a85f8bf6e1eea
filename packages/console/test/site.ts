import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { endPlatform, ensurePlatform, placeIn, readRecord } from '@slipway/cli/demo'
import { type Browser, openBrowser } from './browser.ts'

/** A real all-in-one with the built console, and a real Chromium in front of it. */
export type Site = {
  url: string
  /** Who vouches for it, PEM. */
  ca: string
  /** Of repo-proxy. */
  repo: string
  browser: Browser
  /** The one-time link of the first administrator. */
  firstLink: string
  /** A connection as an administrator by token; it uses the first administrator's code up. */
  administrator: () => Promise<Connection>
  /** Makes a person who signs in with a password; answers the id. */
  person: (name: string, password: string, more?: { administrator?: boolean }) => Promise<string>
  /** Makes a project; answers its id. */
  makeProject: (name: string, description?: string) => Promise<string>
  stop: () => Promise<void>
}

/** Starts it, as the unprivileged user, in a folder of its own; about five seconds. Hosts reach it at `address`. */
export async function startSite(
  more: Partial<ReturnType<typeof readSettings>> = {},
  address = '127.0.0.1',
): Promise<Site> {
  const place = placeIn(await mkdtemp(join(tmpdir(), 'slipway-console-')))
  const running = await ensurePlatform(place, { ...readSettings(), ...more }, address)
  const to = { url: running.rest, ca: await readFile(running.caFile, 'utf8') }
  const code = (await readFile(place.enrolment, 'utf8')).trim()
  const browser = await openBrowser(running.rest)
  let token: Promise<string> | undefined
  const identity = 'slipway.identity.v1.IdentityService'
  const administrator = async () => {
    token ??= callApi(to, `${identity}/Enrol`, { code }).then(({ secret }) => secret)
    return { ...to, token: await token }
  }
  return {
    ...to,
    repo: running.repo,
    browser,
    firstLink: `${running.rest}/first-start#first=${code}`,
    administrator,
    person: async (name, password, { administrator: isAdministrator = false } = {}) => {
      const made = await callApi(await administrator(), `${identity}/CreateUser`, {
        name,
        administrator: isAdministrator,
      })
      await callApi(to, `${identity}/Enrol`, { code: made.enrolmentCode, password })
      return made.user.id
    },
    makeProject: async (name, description = '') => {
      const service = 'slipway.project.v1.ProjectService'
      return (await callApi(await administrator(), `${service}/CreateProject`, { name, description })).id
    },
    stop: async () => {
      await browser.close()
      const { pid } = await readRecord(place)
      if (pid) await endPlatform(pid)
      await rm(place.dir, { recursive: true, force: true })
    },
  }
}
