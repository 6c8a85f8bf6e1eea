import { App, ConfigProvider, theme } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import zhTW from 'antd/locale/zh_TW'
import { type ReactNode, useEffect } from 'react'
import { useLanguage } from '../words/words.ts'
import { useIsDark } from './mode.ts'
import { darkTokens, lightTokens } from './tokens.ts'

const locales = { en: enUS, 'zh-CN': zhCN, 'zh-TW': zhTW }
const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
const nonce = document.querySelector<HTMLElement>('script[nonce]')?.nonce

/** Everything looks like this: antd's algorithm for light or dark, our few colours, the language of now. */
export function Appearance({ children }: { children: ReactNode }) {
  const isDark = useIsDark()
  const language = useLanguage()
  return (
    <ConfigProvider
      locale={locales[language]}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: { ...(isDark ? darkTokens : lightTokens), motion: !isStill },
        components: { Table: { cellPaddingBlockMD: 9 } },
      }}
    >
      <OwnStyles isDark={isDark} />
      <App className="app">{children}</App>
    </ConfigProvider>
  )
}

/** The tokens that console.css uses, as custom properties of the page. */
function OwnStyles({ isDark }: { isDark: boolean }) {
  const { token } = theme.useToken()
  useEffect(() => {
    const { style } = document.documentElement
    style.colorScheme = isDark ? 'dark' : 'light'
    const own = {
      '--ground': token.colorBgLayout,
      '--surface': token.colorBgContainer,
      '--raised': token.colorBgElevated,
      '--line': token.colorBorderSecondary,
      '--text': token.colorText,
      '--quiet': token.colorTextSecondary,
      '--accent': token.colorPrimary,
      '--accent-text': token.colorLink,
      '--chosen': token.controlItemBgActive,
      '--hover': token.controlItemBgHover,
      '--bad': token.colorErrorText,
      '--ok': token.colorSuccess,
      '--warn': token.colorWarning,
      '--mark': token.colorWarningBgHover,
      '--shadow': token.boxShadowSecondary,
    }
    for (const [name, value] of Object.entries(own)) style.setProperty(name, value)
  }, [token, isDark])
  return null
}
