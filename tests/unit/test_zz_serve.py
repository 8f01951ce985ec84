import httpx2
async def test_serve(serve, sqlite_url, tmp_path):
    p = serve({"BACKCHANNEL_DATABASE_URL": sqlite_url, "BACKCHANNEL_DATA_DIR": str(tmp_path)})
    await p.start(); print("first", p.started_in)
    p.kill(); await p.start(); print("second", p.started_in)
    print("stop", p.stop())
