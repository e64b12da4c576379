export function Requests(_: { readonly deployment: unknown; readonly id: string | undefined }) {
  return null;
}
