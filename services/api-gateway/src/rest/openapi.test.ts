import { Validator } from '@seriousme/openapi-schema-validator'
import { methods } from '@slipway/contracts'
import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument() as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
}

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect([valid, validator.version]).toEqual([true, '3.1'])
})

test('every reference of the document leads somewhere in it', () => {
  const { components } = document as unknown as { components: { schemas: object } }
  const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([\w.]+)/g)].map(
    ([, name]) => name,
  )
  expect(names.filter((name) => !(String(name) in components.schemas))).toEqual([])
})

test('it has every public route of the table once, each with its refusals', () => {
  const described = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb} ${path}`),
  )
  const table = Object.values(methods).flatMap(({ access, route }) =>
    access && route ? [`${route.verb} /api/v1${route.path}`] : [],
  )
  expect(described.sort()).toEqual(table.sort())
  const operations = Object.values(document.paths).flatMap((verbs) => Object.values(verbs))
  expect(operations.every(({ responses }) => '401' in responses && '404' in responses)).toBe(true)
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
})
