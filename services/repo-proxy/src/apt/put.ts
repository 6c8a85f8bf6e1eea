import { invalid, type Problem } from '@slipway/errors'
import { announcedDigest } from '../blob/announced.ts'
import { requireDigest } from '../blob/digest.ts'
import { takeIn } from '../blob/keep.ts'
import type { Answer, Asked, Params } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { readDeb } from './deb.ts'
import { putPackage } from './store.ts'

/** PUT /apt/<repository>/<file>.deb: what it depends on and provides is read out of the package itself. */
export async function acceptPackage(repo: Repo, { params, headers, body }: Asked): Promise<Answer> {
  const { repository, file } = requireNames(params)
  const wanted = announcedDigest(headers)
  const { received, found } = await takeIn(repo, body(), (one) => {
    requireDigest(one.digest, wanted)
    return readDeb(one.file)
  })
  const { name, version, architecture, paragraph } = found
  await putPackage(repo.database, {
    ...{ repository, file, name, version, architecture, control: paragraph },
    digest: received.digest,
    storedAt: repo.now(),
  })
  repo.log.info({ repository, file, digest: received.digest }, 'a package was pushed')
  return {
    status: 201,
    headers: { location: `/apt/${repository}/${file}`, 'x-slipway-sha256': received.digest },
  }
}

function requireNames({ repository = '', file = '' }: Params) {
  const problems: Problem[] = []
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(repository)) {
    problems.push({
      field: 'repository',
      message: 'is not a name of an apt repository',
      hint: 'Write a-z, 0-9, . and -, 63 characters at most, like debian-12.',
    })
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,250}\.deb$/.test(file)) {
    problems.push({
      field: 'file',
      message: 'is not a name of a package file',
      hint: 'Write it as in the archive, without an epoch: name_version_architecture.deb.',
    })
  }
  if (problems.length > 0) throw invalid(problems)
  return { repository, file }
}
