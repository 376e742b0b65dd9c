// Where do the files go? Into the Python package, which serves them under this base.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphql/console/',
  oxc: { jsx: { runtime: 'automatic' } },
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
  build: { outDir: '../bff/http/static/graphiql', emptyOutDir: true, chunkSizeWarningLimit: 8000 },
});
