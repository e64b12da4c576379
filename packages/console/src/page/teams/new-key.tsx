import type { NewKey } from '@org/admin';
import { Code } from '../parts/code.tsx';
import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Tabs } from '../parts/tabs.tsx';
import type { Deployment } from '../queries.ts';
import { readyLines } from './ready-lines.ts';

interface NewKeyDialogProps {
  readonly deployment: Deployment;
  readonly made: NewKey;
  /** What became of the key that it replaces. */
  readonly before?: string;
  readonly onClose: () => void;
}

/** A new key with its value, which is nowhere any more when this is closed. */
export function NewKeyDialog({
  deployment: { endpoint, bearer, plans },
  made,
  before,
  onClose,
}: NewKeyDialogProps) {
  const { name, value, plan } = made;
  const [model = ''] = plans.find((each) => each.name === plan)?.models ?? [];
  const lines = readyLines({ endpoint, key: value, model, bearer });
  return (
    <Dialog
      wide
      title={`The key ${name}`}
      lead={
        <>
          This is the only time that its value is shown. Put it where secrets are kept, before you close this.{' '}
          {before}
        </>
      }
      onClose={onClose}
    >
      <div>
        <div className="secret">
          <code data-testid="key-value">{value}</code>
          <Copy text={value} what="the value of the key" />
        </div>
        <Tabs
          label="Ready-made lines"
          tabs={lines.map(({ client, code }) => ({
            name: client,
            content: <Code code={code} what={`the lines for ${client}`} />,
          }))}
        />
      </div>
      <footer>
        <button type="button" onClick={onClose}>
          I have kept it
        </button>
      </footer>
    </Dialog>
  );
}
