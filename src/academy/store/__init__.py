"""The only place that defines tables: schema, migrations, transactions."""
