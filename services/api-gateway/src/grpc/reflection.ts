import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { ReflectionService } from '@grpc/reflection'
import { image, methodAt } from '@slipway/contracts'

/**
 * Server reflection, so that tools need no proto files. It shows public methods only; a service without one is left out
 * with its file.
 */
export function createReflection(services: readonly string[]): ReflectionService {
  const { file: files } = fromBinary(FileDescriptorSetSchema, Buffer.from(image, 'base64'))
  const shown = files.flatMap((file) => {
    const hadServices = file.service.length > 0
    for (const service of file.service) {
      const name = `${file.package}.${service.name}`
      service.method = service.method.filter((method) => methodAt(`/${name}/${method.name}`)?.access)
    }
    file.service = file.service.filter((service) => service.method.length > 0)
    return hadServices && file.service.length === 0 ? [] : [file]
  })
  // What @grpc/proto-loader would have made: reflection asks for nothing but the descriptors.
  const fileDescriptorProtos = shown.map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file)))
  return new ReflectionService({ slipway: { fileDescriptorProtos } } as never, { services: [...services] })
}
