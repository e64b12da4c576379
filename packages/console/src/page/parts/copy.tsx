import { useState } from 'react';

/** Puts a string on the clipboard. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [came, setCame] = useState<'copied' | 'refused' | undefined>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCame('copied');
    } catch {
      setCame('refused');
    }
  };
  return (
    <>
      <button type="button" className="outline small" onClick={() => void copy()}>
        {came === 'copied' ? 'Copied' : 'Copy'}
        <span className="for-readers"> {what}</span>
      </button>
      {/* Its own region, because a dialog hides the one of the page. */}
      <span role="status" className={came === 'refused' ? 'quiet' : 'for-readers'}>
        {came === 'copied' && `Copied ${what}.`}
        {came === 'refused' &&
          'The browser does not let this page copy. Select the text, and copy it yourself.'}
      </span>
    </>
  );
}
