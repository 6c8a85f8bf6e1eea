import i18next, { type i18n } from 'i18next'
import { useTranslation } from 'react-i18next'

/** The languages that the console speaks, by what each calls itself. */
export const languages = { en: 'English', 'zh-CN': '简体中文', 'zh-TW': '繁體中文' } as const
export type Language = keyof typeof languages

/** Texts of one part of the console in all languages. */
export type Words<Key extends string> = { part: string; texts: Record<Language, Record<Key, string>> }

const KEPT = 'slipway.language'

/** The words of the console. A key without its text is an error that every browser test sees. */
const speaking: i18n = i18next.createInstance({
  lng: firstLanguage(),
  fallbackLng: false,
  resources: {},
  interpolation: { escapeValue: false },
  keySeparator: false,
  nsSeparator: false,
  returnEmptyString: false,
  initAsync: false,
  saveMissing: true,
  missingKeyHandler: (_languages, part, key) => console.error(`untranslated key ${part} ${key}`),
})
void speaking.init()
document.documentElement.lang = speaking.language

/**
 * Says a part's texts in all languages, beside the page that shows them, so that they load with it. TypeScript refuses a key
 * that lacks in a language.
 */
export function defineWords<const English extends Record<string, string>>(
  part: string,
  texts: { en: English } & Record<Exclude<Language, 'en'>, Record<keyof English & string, string>>,
): Words<keyof English & string> {
  for (const [language, words] of Object.entries(texts)) {
    speaking.addResourceBundle(language, part, words, true, true)
  }
  return { part, texts }
}

/** What a text is filled in with; `count` chooses between _one and _other. */
type Values = Record<string, string | number>
/** Keys as they are asked for: `nodes_one` and `nodes_other` as `nodes`. */
type Asked<Key extends string> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key
export type Say<Key extends string> = (key: Asked<Key>, values?: Values) => string

/** Says a part's texts in the language of now; the component is drawn anew when it changes. */
export function useWords<Key extends string>({ part }: Words<Key>): Say<Key> {
  const { t } = useTranslation(part, { i18n: speaking })
  const translate = t as (key: string, values: Values) => string
  return (key, values = {}) => translate(key, values)
}

/** The language of now. */
export function useLanguage(): Language {
  return useTranslation(undefined, { i18n: speaking }).i18n.language as Language
}

/** Speaks another language from now on, in this browser. */
export function speak(language: Language): void {
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  void speaking.changeLanguage(language)
}

/** What was chosen, else what the browser asks for. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept && kept in languages) return kept as Language
  for (const asked of navigator.languages) {
    if (/^zh-(TW|HK|MO|Hant)/i.test(asked)) return 'zh-TW'
    if (/^zh/i.test(asked)) return 'zh-CN'
    if (/^en/i.test(asked)) return 'en'
  }
  return 'en'
}
