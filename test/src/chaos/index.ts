export { type Draw, draw, targets } from './draw.ts'
export { type Played, play } from './play.ts'
export { clear } from './settle.ts'
export { type Ground, openSite, type Site, type SiteKind } from './site.ts'
