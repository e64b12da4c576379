import { useState } from 'react';
import { useSay } from './say.tsx';

/** Puts a string on the clipboard. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const say = useSay();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      say(`Copied ${what}.`);
    } catch {
      say('The browser does not let this page copy. Select the text, and copy it yourself.');
    }
  };
  return (
    <button type="button" className="outline small" onClick={() => void copy()}>
      {copied ? 'Copied' : 'Copy'}
      <span className="for-readers"> {what}</span>
    </button>
  );
}
