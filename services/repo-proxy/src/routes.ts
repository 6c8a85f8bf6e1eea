import { getIndexByHash, getIndexFile, getKey, getPackage } from './apt/get.ts'
import { acceptPackage } from './apt/put.ts'
import { json } from './http/exchange.ts'
import type { Route } from './http/route.ts'
import { beginUpload } from './image/begin-upload.ts'
import { cancelUpload, continueUpload, finishUpload, showUpload } from './image/continue-upload.ts'
import { getBlob } from './image/get-blob.ts'
import { getManifest } from './image/get-manifest.ts'
import { listTags } from './image/list-tags.ts'
import { acceptManifest } from './image/put-manifest.ts'
import { getFile } from './raw/get.ts'
import { acceptFile } from './raw/put.ts'

const read = ['GET', 'HEAD']
const image: Route['access'] = ({ name }) => `v2/${name}`
const raw: Route['access'] = ({ path }) => `raw/${path}`
const apt: Route['access'] = ({ repository, file }) => `apt/${repository}/${file}`
const hash: Route['access'] = ({ repository, digest }) => `apt/${repository}/by-hash/SHA256/${digest}`

const manifestPath = /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/
const blobPath = /^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/
const uploadsPath = /^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/
const uploadPath = /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<id>[^/]+)$/
const tagsPath = /^\/v2\/(?<name>.+)\/tags\/list$/
const rawPath = /^\/raw\/(?<path>.+)$/
const indexPath = /^\/apt\/(?<repository>[^/]+)\/(?<file>InRelease|Release|Packages|Packages\.gz)$/
const hashPath = /^\/apt\/(?<repository>[^/]+)\/by-hash\/SHA256\/(?<digest>[^/]+)$/
const keyPath = /^\/apt\/(?<repository>[^/]+)\/(?<file>key\.asc)$/
const debPath = /^\/apt\/(?<repository>[^/]+)\/(?<file>[^/]+\.deb)$/

/** Everything that answers over HTTPS: path, who may, and the verb. The first line that fits a request answers it. */
export const routes: readonly Route[] = [
  { methods: read, pattern: /^\/v2\/?$/, access: 'any token', answer: answerBase },
  { methods: read, pattern: manifestPath, access: image, answer: getManifest },
  { methods: ['PUT'], pattern: manifestPath, access: 'push token', answer: acceptManifest },
  { methods: ['POST'], pattern: uploadsPath, access: 'push token', answer: beginUpload },
  { methods: ['GET'], pattern: uploadPath, access: 'push token', answer: showUpload },
  { methods: ['PATCH'], pattern: uploadPath, access: 'push token', answer: continueUpload },
  { methods: ['PUT'], pattern: uploadPath, access: 'push token', answer: finishUpload },
  { methods: ['DELETE'], pattern: uploadPath, access: 'push token', answer: cancelUpload },
  { methods: read, pattern: blobPath, access: image, answer: getBlob },
  { methods: read, pattern: tagsPath, access: image, answer: listTags },
  { methods: read, pattern: rawPath, access: raw, answer: getFile },
  { methods: ['PUT'], pattern: rawPath, access: 'push token', answer: acceptFile },
  { methods: read, pattern: indexPath, access: apt, answer: getIndexFile },
  { methods: read, pattern: hashPath, access: hash, answer: getIndexByHash },
  { methods: read, pattern: keyPath, access: apt, answer: getKey },
  { methods: read, pattern: debPath, access: apt, answer: getPackage },
  { methods: ['PUT'], pattern: debPath, access: 'push token', answer: acceptPackage },
]

/** That this is a registry, to whoever has a token. */
async function answerBase() {
  return { status: 200, headers: { 'docker-distribution-api-version': 'registry/2.0' }, content: json({}) }
}
