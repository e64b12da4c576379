import { Copy } from './copy.tsx';

/** Code to copy. */
export function Code({ code, what }: { readonly code: string; readonly what: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it has to be reached by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <Copy text={code} what={what} />
    </div>
  );
}
