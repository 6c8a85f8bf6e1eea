export { type Draw, draw } from './draw.ts'
export { type Played, play } from './play.ts'
export { type Ground, openSite, type Site } from './site.ts'
