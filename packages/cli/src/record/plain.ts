import { stripVTControlCharacters } from 'node:util'

/** A text that a record brought, without what would move a terminal's cursor or change its colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '·')
}
