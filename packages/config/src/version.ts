import about from '../../../package.json' with { type: 'json' }

/** The version of Slipway that this is. */
export const slipwayVersion: string = about.version
