import { readFile } from 'node:fs/promises'
import { invalid } from '@slipway/errors'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from './kube.ts'

/** Reads the objects of a YAML file, in order. Values are put into what this answers, never into the text. */
export async function readManifests(file: string): Promise<KubeObject[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'))
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) throw invalid([{ field: file, message: error.message, hint: 'Correct the YAML.' }])
    const value: unknown = document.toJS()
    return value === null ? [] : [value as KubeObject]
  })
}
