import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

type Say = (what: string) => void;

const Context = createContext<Say>(() => {});

/** Says what was done: in sight, and for those who hear the page. */
export const useSay = (): Say => useContext(Context);

/** How long it stays: long enough to be read twice. */
const shownMs = 12_000;

export function Sayings({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<{ readonly what: string } | undefined>();
  const say = useCallback<Say>((what) => setSaid({ what }), []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Context value={say}>
      {children}
      <div className="saying" data-shown={said !== undefined}>
        <p role="status">{said?.what}</p>
        {said && (
          <button type="button" className="ghost small" onClick={() => setSaid(undefined)}>
            Close
          </button>
        )}
      </div>
    </Context>
  );
}
