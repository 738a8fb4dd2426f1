"""What is kept and how: tables, migrations, engines, the write queue, and the queries of each noun."""
