export function Models(_: { readonly deployment: unknown }) {
  return null;
}
