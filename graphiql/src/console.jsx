// What does the console start with? One tab an example, and the token that the address carries after its #.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './console.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

const documents = import.meta.glob('../../bff/http/examples/*.graphql', { query: '?raw', import: 'default', eager: true });

// `bff demo` prints an address ending in #token=...&order=...&line=...; what follows # never reaches a server or its log.
const given = new URLSearchParams(window.location.hash.slice(1));
window.history.replaceState(null, '', window.location.pathname);

const authorization = `Bearer ${given.get('token') ?? 'paste-a-token-from-bff-token'}`;
const headers = given.get('token') ? JSON.stringify({ Authorization: authorization }, null, 2) : '{}';
const values = { order: given.get('order') ?? '', line: given.get('line') ?? '' };

function variablesOf(query) {
  const used = Object.entries(values).filter(([name]) => query.includes(`$${name}:`));
  return used.length ? JSON.stringify(Object.fromEntries(used), null, 2) : '';
}

const tabs = Object.keys(documents)
  .sort()
  .map((path) => ({ query: documents[path], variables: variablesOf(documents[path]), headers }));

// Tabs and tokens of an earlier visit would hide the examples and outlive their token.
const memory = new Map();
const storage = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, value),
  removeItem: (key) => memory.delete(key),
  clear: () => memory.clear(),
  get length() {
    return memory.size;
  },
};

const socket = new URL('/graphql/ws', window.location.href);
socket.protocol = socket.protocol.replace('http', 'ws');

createRoot(document.getElementById('console')).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: '/graphql', subscriptionUrl: socket.href, enableIncrementalDelivery: false })}
    defaultTabs={tabs}
    initialHeaders={headers}
    defaultHeaders={headers}
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
    defaultEditorToolsVisibility="headers"
    storage={storage}
  />,
);
