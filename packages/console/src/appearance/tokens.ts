import type { ThemeConfig } from 'antd'

type Tokens = NonNullable<ThemeConfig['token']>

const both: Tokens = {
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyCode:
    "ui-monospace, 'SFMono-Regular', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  borderRadius: 6,
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.16s',
}

// antd's own grey for descriptions and its red, green and orange texts are below the 4.5 : 1 of WCAG 2.2.
export const lightTokens: Tokens = {
  ...both,
  colorPrimary: '#0f5f8c',
  colorLink: '#0f5f8c',
  colorBgLayout: '#f4f6f8',
  controlItemBgActive: '#e3eff6',
  colorTextSecondary: 'rgba(0,0,0,0.66)',
  colorTextTertiary: 'rgba(0,0,0,0.62)',
  colorTextDescription: 'rgba(0,0,0,0.62)',
  colorTextPlaceholder: 'rgba(0,0,0,0.58)',
  colorTextDisabled: 'rgba(0,0,0,0.5)',
  colorError: '#c4262e',
  colorSuccess: '#1d7a3a',
  colorWarning: '#9a5b00',
  colorInfo: '#0f5f8c',
}

export const darkTokens: Tokens = {
  ...both,
  colorPrimary: '#3d9fd0',
  colorLink: '#6cbde6',
  colorBgBase: '#12161b',
  controlItemBgActive: '#173246',
  colorBgLayout: '#0c0f13',
  colorTextSecondary: 'rgba(255,255,255,0.72)',
  colorTextTertiary: 'rgba(255,255,255,0.66)',
  colorTextDescription: 'rgba(255,255,255,0.66)',
  colorTextPlaceholder: 'rgba(255,255,255,0.58)',
  colorTextDisabled: 'rgba(255,255,255,0.5)',
  colorTextLightSolid: '#06121a',
  colorError: '#f0757b',
  colorSuccess: '#5cc27c',
  colorWarning: '#e0a53c',
  colorInfo: '#6cbde6',
}
