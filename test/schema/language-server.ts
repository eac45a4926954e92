import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

type Message = { id?: number; method?: string; params?: unknown; result?: unknown };
type Range = { start: { line: number; character: number } };
type Documentation = string | { value: string } | undefined;
type Completion = { label: string; insertText: string; documentation: Documentation };

/** What an editor offers at a place. */
export type Offer = { label: string; inserts: string; explains: string };

/** A file that is open in an editor. Lines and columns begin at 1. */
export type OpenFile = {
  /** What is marked, as `2:5 message`, in file order. */
  marks: readonly string[];
  completeAt(line: number, column: number): Promise<Offer[]>;
  /** What is shown when the pointer rests there; empty where there is nothing. */
  hoverAt(line: number, column: number): Promise<string>;
};

export type LanguageServer = {
  open(text: string): Promise<OpenFile>;
  close(): Promise<void>;
};

// The catalogue of schemas would be fetched.
const settings = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };
const program = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');

/**
 * Starts the language server that VS Code, Neovim and others have for YAML, as an editor does. Every file is opened with
 * `schema` named in its first line, which is counted as line 0. It fetches nothing.
 */
export async function startLanguageServer(schema: string): Promise<LanguageServer> {
  const server = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Map<number, (result: unknown) => void>();
  const marks = new Map<string, (marks: string[]) => void>();
  let lastId = 0;

  function send(message: Message): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    server.stdin.write(body);
  }

  async function ask(method: string, params: object): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    lastId += 1;
    answers.set(lastId, resolve);
    send({ id: lastId, method, params });
    return promise;
  }

  function receive({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as {
        uri: string;
        diagnostics: Array<{ range: Range; message: string }>;
      };
      marks.get(uri)?.(inFileOrder(diagnostics).map(shown));
    } else if (id !== undefined && method === 'workspace/configuration') {
      const { items } = params as { items: Array<{ section: string }> };
      send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : {})) });
    } else if (id !== undefined && method !== undefined) {
      send({ id, result: null });
    } else if (id !== undefined) {
      answers.get(id)?.(result);
    }
  }

  server.stdout.on('data', framesTo(receive));
  await ask('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { configuration: true },
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
      },
    },
  });
  send({ method: 'initialized', params: {} });
  send({ method: 'workspace/didChangeConfiguration', params: { settings: { yaml: settings } } });

  let opened = 0;
  return {
    async open(text) {
      opened += 1;
      const uri = `file:///upstreams-${opened}.yml`;
      const modeline = `# yaml-language-server: $schema=${pathToFileURL(schema).href}\n`;
      const { promise, resolve } = Promise.withResolvers<string[]>();
      marks.set(uri, resolve);
      const textDocument = { uri, languageId: 'yaml', version: 1, text: modeline + text };
      send({ method: 'textDocument/didOpen', params: { textDocument } });
      const at = (line: number, column: number) => ({
        textDocument: { uri },
        position: { line, character: column - 1 },
      });
      return {
        marks: await promise,
        async completeAt(line, column) {
          const { items } = (await ask('textDocument/completion', at(line, column))) as {
            items: Completion[];
          };
          return items.map(({ label, insertText, documentation }) => ({
            label,
            inserts: insertText,
            explains: textOf(documentation),
          }));
        },
        async hoverAt(line, column) {
          const hover = (await ask('textDocument/hover', at(line, column))) as {
            contents: Documentation;
          } | null;
          return textOf(hover?.contents);
        },
      };
    },
    async close() {
      const exited = once(server, 'exit');
      await ask('shutdown', {});
      send({ method: 'exit' });
      await exited;
    },
  };
}

/** The base protocol of language servers: a header with the length, an empty line, JSON. */
function framesTo(receive: (message: Message) => void): (chunk: Buffer) => void {
  let waiting = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const headerEnd = waiting.indexOf('\r\n\r\n');
      const [, length] = /Content-Length: (\d+)/i.exec(waiting.subarray(0, headerEnd).toString()) ?? [];
      const end = headerEnd + 4 + Number(length);
      if (headerEnd < 0 || length === undefined || waiting.length < end) return;
      receive(JSON.parse(waiting.subarray(headerEnd + 4, end).toString()) as Message);
      waiting = waiting.subarray(end);
    }
  };
}

function inFileOrder<D extends { range: Range }>(diagnostics: readonly D[]): D[] {
  return diagnostics.toSorted(
    ({ range: { start: a } }, { range: { start: b } }) => a.line - b.line || a.character - b.character,
  );
}

function shown({ range: { start }, message }: { range: Range; message: string }): string {
  return `${start.line}:${start.character + 1} ${message}`;
}

function textOf(documentation: Documentation): string {
  return typeof documentation === 'string' ? documentation : (documentation?.value ?? '');
}
