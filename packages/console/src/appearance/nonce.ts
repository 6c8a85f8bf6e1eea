/** The nonce of this page, which its styles carry. */
export const nonce = document.querySelector<HTMLElement>('script[nonce]')?.nonce

// antd's table, modal and drawer measure scroll bars and hold the page still with style elements that they give no nonce
// (@rc-component/util getScrollBarSize, @rc-component/portal useScrollLocker): the policy would refuse them. Scripts are ours
// alone, so what a script makes may have it; what comes in as HTML still has none.
const create = document.createElement.bind(document)
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = create(name, options)
  if (nonce && element instanceof HTMLStyleElement) element.nonce = nonce
  return element
}
