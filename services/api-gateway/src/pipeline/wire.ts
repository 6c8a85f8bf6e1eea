import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { image, type Method } from '@slipway/contracts'
import { bug, invalid } from '@slipway/errors'

/** A message as REST, the audit and the checks see it. */
export type Json = { [key: string]: JsonValue }

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(image, 'base64')))

/** The request that a checked JSON object stands for. */
export function requestFromJson(method: Method, json: Json): unknown {
  const descriptor = descriptorOf(method.request)
  try {
    const bytes = toBinary(descriptor, fromJson(descriptor, json))
    return method.definition.requestDeserialize(Buffer.from(bytes))
  } catch (cause) {
    // The schema let it pass and protojson did not: a date like 2026-02-31.
    const message = cause instanceof Error ? cause.message : String(cause)
    throw invalid([{ field: method.request, message, hint: 'Send it as the API document describes it.' }])
  }
}

/** A request that came as a message, as JSON; what holds its default is left out. */
export function requestToJson(method: Method, message: unknown): Json {
  const descriptor = descriptorOf(method.request)
  return toJson(descriptor, fromBinary(descriptor, method.definition.requestSerialize(message))) as Json
}

/** An answer as JSON. Fields that hold their default are there too, so that an empty list is a list. */
export function responseToJson(method: Method, message: unknown): Json {
  return messageToJson(method.response, method.definition.responseSerialize(message))
}

/** Any message, by its full name and bytes, as JSON. */
export function messageToJson(name: string, bytes: Uint8Array): Json {
  const descriptor = descriptorOf(name)
  return toJson(descriptor, fromBinary(descriptor, bytes), { alwaysEmitImplicit: true }) as Json
}

/** The fields that an answer always holds: those whose absence would say nothing else than their default. */
export function alwaysIn(name: string): string[] {
  const { IMPLICIT } = FeatureSet_FieldPresence
  const fields = descriptorOf(name).fields.filter(
    ({ fieldKind, presence }) => fieldKind === 'list' || fieldKind === 'map' || presence === IMPLICIT,
  )
  return fields.map(({ jsonName }) => jsonName)
}

function descriptorOf(name: string) {
  const descriptor = registry.getMessage(name)
  if (!descriptor) throw bug(`the contracts know no message ${name}`)
  return descriptor
}
