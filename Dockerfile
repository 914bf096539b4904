FROM node:24-slim AS build
WORKDIR /app
COPY . .
# Installing builds, too.
RUN npm ci && npm prune --omit=dev

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    LOCKSTEP_HOST=0.0.0.0 \
    LOCKSTEP_PORT=4000 \
    LOCKSTEP_DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Table definitions and maps are read at the start, from where the sources have them.
COPY maps maps
COPY subgraphs subgraphs
COPY schema schema
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LOCKSTEP_PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# In exec form, so that SIGTERM reaches the process itself and it drains.
CMD ["node", "dist/gateway/main.js"]
