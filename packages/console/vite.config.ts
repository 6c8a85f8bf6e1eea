import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { underPolicy } from './under-policy.ts'

/** The gateway puts a fresh nonce in its place for every page that it answers. */
const NONCE = '__NONCE__'

/** Writes every text file compressed too, so that the gateway compresses nothing while it answers. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    generateBundle: {
      // Vite itself still writes into chunks in this hook.
      order: 'post',
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!/\.(js|css|svg)$/.test(fileName)) continue
          const source = file.type === 'chunk' ? file.code : file.source
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(source) })
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source) })
        }
      },
    },
  }
}

export default defineConfig({
  plugins: [react(), underPolicy(), compressed()],
  html: { cspNonce: NONCE },
  build: {
    target: 'es2022',
    // Inlined as data: nothing would be saved, and the policy would have to allow it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
})
