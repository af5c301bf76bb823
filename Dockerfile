# One stage is enough: nothing is built, Node runs the sources.
FROM node:24-slim
ENV NODE_ENV=production PIAS_ENVIRONMENT=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY src ./src
COPY views ./views
COPY config ./config
# The store of a single node; mount a volume here, or another backend by configuration.
RUN mkdir -p /app/data && chown node:node /app/data
USER node
EXPOSE 3000
CMD ["node", "src/main.ts"]
