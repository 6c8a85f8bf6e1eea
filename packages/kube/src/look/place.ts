/** A kind of object, or one object, at an API server. */
export type Place = {
  /** v1, apps/v1 */
  apiVersion: string
  /** deployments */
  resource: string
  /** All namespaces when empty, or the object has none. */
  namespace: string
  name?: string
}

/** The path of a place: /apis/apps/v1/namespaces/shop/deployments/web. */
export function pathOf({ apiVersion, resource, namespace, name }: Place): string {
  const parts = [
    ...(apiVersion.includes('/') ? ['apis', ...apiVersion.split('/')] : ['api', apiVersion]),
    ...(namespace ? ['namespaces', namespace] : []),
    resource,
    ...(name ? [name] : []),
  ]
  return `/${parts.map(encodeURIComponent).join('/')}`
}
