# One stage is enough: nothing is built, Node runs the sources. test/process/dockerfile.test.ts replays these steps.
FROM node:24-slim
ENV NODE_ENV=production PIAS_ENVIRONMENT=production PIAS_CLIENTS_DIR=/app/clients
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY src ./src
COPY views ./views
COPY config ./config
# Mount volumes here: the store of a single node (or choose another by configuration), and the apps, one file each. The
# key-encryption key is a secret of its own (PIAS_KEK_FILE, or Vault).
RUN mkdir -p /app/data /app/clients && chown node:node /app/data
USER node
EXPOSE 3000
CMD ["node", "src/main.ts"]
