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
  // Tables say with it that they are empty.
  colorTextDisabled: 'rgba(0,0,0,0.56)',
  colorError: '#c4262e',
  colorSuccess: '#1d7a3a',
  colorWarning: '#9a5b00',
  colorInfo: '#0f5f8c',
  // What antd mixes from these is greyish, or too pale for a text.
  colorErrorHover: '#b01e27',
  colorErrorBg: '#fdf0f0',
  colorErrorBorder: '#eebcbe',
  colorWarningBg: '#fdf6e7',
  colorWarningBorder: '#ecd4a4',
  colorSuccessBg: '#eef7f0',
  colorSuccessBorder: '#b5d9bf',
  colorInfoBg: '#ebf4f9',
  colorInfoBorder: '#b3d2e4',
}

export const darkTokens: Tokens = {
  ...both,
  colorPrimary: '#4db2e4',
  colorLink: '#7ccbf2',
  colorBgLayout: '#0c0f13',
  colorBgContainer: '#151a20',
  colorBgElevated: '#1d242c',
  colorBorder: '#46505c',
  colorBorderSecondary: '#2a323b',
  controlItemBgActive: '#173246',
  colorTextSecondary: 'rgba(255,255,255,0.72)',
  colorTextTertiary: 'rgba(255,255,255,0.66)',
  colorTextDescription: 'rgba(255,255,255,0.66)',
  colorTextPlaceholder: 'rgba(255,255,255,0.58)',
  colorTextDisabled: 'rgba(255,255,255,0.5)',
  colorTextLightSolid: '#06121a',
  colorError: '#ff8f94',
  colorSuccess: '#66d389',
  colorWarning: '#f0b44a',
  colorInfo: '#7ccbf2',
}
