/** The fences between folders; each says why and what to do instead. `pnpm check` runs them. */
module.exports = {
  forbidden: [
    {
      name: 'services-import-only-packages',
      comment: 'A service never imports another service: ask it by gRPC, or listen to its events.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-never-import-services',
      comment:
        'Packages are below services. Only the all-in-one in packages/cli puts services together; tests of the console stand on simulated hosts.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(cli|console/test)/' },
      to: { path: '^(services|infra)/' },
    },
    {
      name: 'console-speaks-rest-alone',
      comment: 'The console imports no server package: it asks the public API, typed by docs/openapi.json.',
      severity: 'error',
      from: { path: '^packages/console/src/' },
      to: { path: '^(services|infra|packages)/', pathNot: '^packages/console/src/' },
    },
    {
      name: 'console-ui-knows-no-domain',
      comment: 'What src/ui holds fits every page: domain pieces stand in the folder of their noun.',
      severity: 'error',
      from: { path: '^packages/console/src/ui/' },
      to: { path: '^packages/console/src/', pathNot: '^packages/console/src/(ui|words)/' },
    },
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one file, or need a third. Types alone may refer to each other.',
      severity: 'error',
      from: { pathNot: '/gen/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'prisma-only-in-stores',
      comment: 'Queries live in store.ts, so that "where is that SQL" has one answer.',
      severity: 'error',
      from: {
        path: '^services/',
        pathNot: '(store|service)\\.ts$|\\.test\\.ts$|/gen/|prisma\\.config\\.ts$|/test/',
      },
      to: { path: 'gen/prisma/(client|models)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'child-processes-only-in-process',
      comment: 'Programs are started through @slipway/process: argv arrays, process groups, limits.',
      severity: 'error',
      from: { path: '^(services|packages)/', pathNot: '^packages/process/|\\.test\\.ts$|/test/' },
      to: { path: '^(node:)?child_process$|/execa/' },
    },
    {
      name: 'nats-only-in-bus',
      comment: 'NATS is spoken through @slipway/bus.',
      severity: 'error',
      from: { path: '^services/', pathNot: '\\.test\\.ts$|/test/' },
      to: { path: '@nats-io/(transport-node|jetstream)' },
    },
    {
      name: 'kubernetes-only-in-kube',
      comment: 'The Kubernetes client is imported (lazily: it costs 3 s and 62 MB) by @slipway/kube alone.',
      severity: 'error',
      from: { path: '^(services|packages)/', pathNot: '^packages/kube/' },
      to: { path: '@kubernetes/client-node' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/gen/'] },
    exclude: { path: ['/gen/', '^packages/console/dist/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
}
